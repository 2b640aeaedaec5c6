<p>basket</p>
